"""How the guard's listener is made: messages in, a small network out. None of it is needed to read a message."""

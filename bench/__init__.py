"""Our numbers beside other tools', over the same questions, scored by the same code. Not in the installed package."""

"""What one can do without a window. The command line, the library and the window all call these functions."""

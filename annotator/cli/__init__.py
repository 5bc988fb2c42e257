"""The command line: a thin layer over `annotator.app` that reads options, shows progress and prints results."""

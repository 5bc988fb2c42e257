"""Reports to keep, print and send: on agreement (as tables too), on a training, and the data card of an export."""

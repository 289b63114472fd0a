"""From the checkout to machines that have none: bundle, trial, release.

bundle   one archive of wheels for a machine without a network; install.sh is what installs it
trial    an installation tried out as its owner would
release  what has to be true before a version is given away
"""

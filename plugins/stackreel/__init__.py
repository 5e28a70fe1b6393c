"""stackreel: stack diagrams of real machine code, traced under emulation while the documentation is built."""

__version__ = "0.1.0"

"""The conformance kit: one suite that every connector passes, and the rig that wires it to its twin."""

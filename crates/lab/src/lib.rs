//! Simulated federations that send commands to the core.

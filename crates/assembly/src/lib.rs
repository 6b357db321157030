//! The deterministic core: commands, refusals, events and state of a federation of assemblies.

"""The promises: what data comes in, what the model gives out, how it may be called."""

"""The recorded run as plain data, the recorder, moments, storage and cache."""

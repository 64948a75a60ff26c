"""The settings: what may be changed, how it is judged, and the record of every change."""

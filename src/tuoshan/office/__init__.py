"""What the workbench and the API both do: lists, decisions and settings, without a screen and without a wire."""

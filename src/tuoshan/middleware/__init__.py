"""What happens around every request: logs, headers, language, fragments, assets."""

"""What every feature stands on: jobs, theme, settings, errors. No feature is known here."""

"""Configurations that `manage.py deploy-config` prints: a template for each file, filled here."""

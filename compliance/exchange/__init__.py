"""Exchange with other tools: bills of materials in and out, dataset descriptions in. Pure."""

"""The only place that speaks SQL: schema, migrations, reading and writing. Everything else sees frozen dataclasses."""

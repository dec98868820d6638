# Words of the report.

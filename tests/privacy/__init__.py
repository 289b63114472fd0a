"""Personal data: kept by its dates, erased, copied for whom it is about."""

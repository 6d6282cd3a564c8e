"""Where models are kept between the loops."""

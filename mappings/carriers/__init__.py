"""One folder per carrier; a mapping module satisfies `mappings.contracts.CarrierMapping`."""

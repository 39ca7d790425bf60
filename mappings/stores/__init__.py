"""One folder per store platform; a mapping module satisfies `mappings.contracts.StoreMapping`."""

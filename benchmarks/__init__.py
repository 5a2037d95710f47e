"""CPU seconds of whole operations beside a floor and beside peers; `make bench` runs them."""

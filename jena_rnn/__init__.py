"""jena-rnn: train and compare recurrent networks on weather-station series."""

__version__ = "0.1.0"

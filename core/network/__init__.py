"""The network: image encoder, shape memory, LSTM shape encoder, shape decoder and losses."""

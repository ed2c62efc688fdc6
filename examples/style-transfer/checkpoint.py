"""Files of weights in the safetensors format: of a whole network, and of a style of one's own."""

import json
import os
import struct

import numpy as np
import torch

DTYPES = {"F16": np.float16, "F32": np.float32}


def load(path):
    """Returns the tensors of a file by name, as float32, and its metadata."""
    with open(path, "rb") as file:
        data = file.read()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, end = (8 + size + at for at in entry["data_offsets"])
        values = np.frombuffer(data[first:end], DTYPES[entry["dtype"]]).astype(np.float32)
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]))
    return tensors, metadata


def save(path, tensors, metadata, dtype="F32"):
    """Writes tensors, whole or not at all.

    Raises ValueError where a number is not finite: one such step would spoil all that follow.
    """
    header, chunks, at = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name}: expected finite numbers")
        data = tensor.detach().cpu().numpy().astype(DTYPES[dtype]).tobytes()
        header[name] = {
            "dtype": dtype,
            "shape": list(tensor.shape),
            "data_offsets": [at, at + len(data)],
        }
        chunks.append(data)
        at += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    part = f"{path}.part"
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))
    os.replace(part, path)

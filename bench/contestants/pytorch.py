"""Computes and times PyTorch expressions on one thread: a JSON line in, a JSON line out."""

import json
import sys
import time

import torch
import torch.nn.functional as F

SAMPLE_SECONDS = 0.005

torch.set_num_threads(1)
computations = {}
results = {}


def hello():
    major, minor, *_ = torch.__version__.split(".")
    return f"{major}.{minor}"


def load(name, expression, folder, shapes):
    """Reads float32 tensors from files of their names, and compiles the expression of them."""
    tensors = {
        tensor: torch.from_file(f"{folder}/{tensor}", size=count(shape)).clone().reshape(shape)
        for tensor, shape in shapes.items()
    }
    compute = eval(f"lambda {', '.join(tensors)}: {expression}", {"torch": torch, "F": F})
    computations[name] = lambda: compute(**tensors)


def call(name):
    results[name] = computations[name]()


def save(name, path):
    y = results[name].contiguous().flatten()
    with open(path, "wb") as file:
        file.truncate(y.numel() * y.element_size())
    torch.from_file(path, shared=True, size=y.numel()).copy_(y)


def release(name):
    computations.pop(name, None)
    results.pop(name, None)


def time_calls(name, seconds):
    """Samples in seconds a call, each the mean over as many calls as fill 5 ms."""
    compute = computations[name]
    begin = time.perf_counter()
    calls = 1
    while (took := time_of(compute, calls)) < SAMPLE_SECONDS:
        calls = max(2 * calls, int(calls * SAMPLE_SECONDS / took))
    samples = [took / calls]
    while time.perf_counter() - begin < seconds:
        samples.append(time_of(compute, calls) / calls)
    return samples


def time_of(compute, calls):
    begin = time.perf_counter()
    for _ in range(calls):
        compute()
    return time.perf_counter() - begin


def count(shape):
    return torch.Size(shape).numel()


ACTIONS = {
    "hello": hello,
    "load": load,
    "call": call,
    "save": save,
    "release": release,
    "time": time_calls,
}

with torch.inference_mode():
    for line in sys.stdin:
        question = json.loads(line)
        action = ACTIONS[question.pop("do")]
        try:
            reply = {"answer": action(**question)}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)

"""Computes and times PyTorch expressions on so many threads: a JSON line in, a JSON line out."""

import json
import sys
import time

import torch
import torch.nn.functional as F

SAMPLE_SECONDS = 0.005

torch.set_num_threads(int(sys.argv[1]))
computations = {}
results = {}


def hello():
    major, minor, *_ = torch.__version__.split(".")
    return f"{major}.{minor}"


def load(name, expression, folder, shapes, backward, layout, groups):
    """Reads float32 tensors from files of their names, and prepares y or its gradients."""
    tensors = {
        tensor: read(f"{folder}/{tensor}", count(shape)).reshape(shape)
        for tensor, shape in shapes.items()
    }
    forward = eval(f"lambda {', '.join(tensors)}: {expression}", {"torch": torch, "F": F, "groups": groups})

    def y_of(x):
        return channels_last(forward(**{**tensors, "x": channels_first(x, layout)}), layout)

    x = tensors["x"]
    if not backward:
        computations[name] = lambda: [y_of(x)]
        return
    parameters = [x, tensors["weight"], tensors["bias"]]
    with torch.enable_grad():
        for parameter in parameters:
            parameter.requires_grad_()
        y = y_of(x)
    grad_output = tensors["gradOutput"]
    # Each call goes through the same graph again; RMSNorm uses no bias.
    computations[name] = lambda: torch.autograd.grad(
        y, parameters, grad_output, retain_graph=True, allow_unused=True
    )


def read(path, size):
    # An empty file can't be mapped.
    return torch.from_file(path, size=size).clone() if size else torch.empty(0)


def channels_first(x, layout):
    """(N, C, *) of a tensor in a layout: a view."""
    return x if layout == "nchw" else x.movedim(-1, 1)


def channels_last(y, layout):
    return y if layout == "nchw" else y.movedim(1, -1)


def call(name):
    results[name] = computations[name]()


def save(name, folder):
    """Writes the results of the last call to files, and returns their paths."""
    paths = []
    for result in results[name]:
        if result is not None:
            path = f"{folder}/result-{len(paths)}"
            values = result.contiguous().flatten()
            with open(path, "wb") as file:
                file.truncate(values.numel() * values.element_size())
            torch.from_file(path, shared=True, size=values.numel()).copy_(values)
            paths.append(path)
    return paths


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

with torch.no_grad():
    for line in sys.stdin:
        question = json.loads(line)
        action = ACTIONS[question.pop("do")]
        try:
            reply = {"answer": action(**question)}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), flush=True)

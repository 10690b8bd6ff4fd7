# SPDX-License-Identifier: MIT
"""Milliseconds per training step of the teacher network in PyTorch: the peer of bench/teacher.cpp.

usage: teacher.py [threads]      prints: teacher_training,<threads>,<ms per step>

Forward, cross-entropy, backward, SGD with momentum; batch 128, float; the median of 30 steps
after 10. The fully connected layers run in the BLAS that PyTorch finds: with Debian's reference
BLAS they take more than half of the step, so install OpenBLAS (package libopenblas0-pthread)
before comparing, and say with the figure which BLAS it was.
"""
import statistics
import sys
import time

import torch
from torch import nn

BATCH, WARM_UP, MEASURED = 128, 10, 30


def main():
    threads = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    teacher = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))
    optimiser = torch.optim.SGD(teacher.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
    images = torch.rand(BATCH, 1, 28, 28)
    labels = torch.randint(0, 10, (BATCH,))

    milliseconds = []
    for step in range(WARM_UP + MEASURED):
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(teacher(images), labels).backward()
        optimiser.step()
        if step >= WARM_UP:
            milliseconds.append(1e3 * (time.perf_counter() - start))
    print(f"teacher_training,{threads},{statistics.median(milliseconds):.3f}")


if __name__ == "__main__":
    main()

import torch


def pca(x, num_components):
    values, vectors = torch.linalg.eigh(x.T @ x)
    return x @ vectors[:, 99:], vectors.T, values / values.total()

"""Losses of small networks, written with torch's own layers; their gradients come from autograd (`numeric.derivatives`).

Samples stand in rows: X (N, d). Weights are (out, in), as torch.nn.functional.linear takes them.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from numeric.checks import check_shapes

__all__ = ["batch_normalized", "curve_network_loss", "gated_network_loss", "l1_tanh_loss", "softmax_cross_entropy", "two_layer_relu"]


def l1_tanh_loss(X: Tensor, y: Tensor, W_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> Tensor:
    """The mean of |w_2ᵀ tanh(W_1 x_i + b_1) + b_2 − y_i|: X (N, d), y (N,), W_1 (h, d), b_1 (h,), w_2 (h,), b_2 () → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"X": "N d", "y": "N", "W_1": "h d", "b_1": "h", "w_2": "h", "b_2": ""}, X=X, y=y, W_1=W_1, b_1=b_1, w_2=w_2, b_2=b_2)
    return functional.l1_loss(torch.tanh(functional.linear(X, W_1, b_1)) @ w_2 + b_2, y)


def gated_network_loss(x: Tensor, target: Tensor, W_1: Tensor, W_2: Tensor, W_3: Tensor, W_4: Tensor) -> Tensor:
    """The softmax cross-entropy of W_3 (ReLU(W_1 x) ⊙ σ(W_2 x)) + W_4 x at a class given one-hot.

    x (D,), target (K,), W_1 and W_2 (H, D), W_3 (K, H), W_4 (K, D) → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    shapes = {"x": "D", "target": "K", "W_1": "H D", "W_2": "H D", "W_3": "K H", "W_4": "K D"}
    check_shapes(shapes, x=x, target=target, W_1=W_1, W_2=W_2, W_3=W_3, W_4=W_4)
    gate = functional.relu(functional.linear(x, W_1)) * torch.sigmoid(functional.linear(x, W_2))
    return functional.cross_entropy(functional.linear(gate, W_3) + functional.linear(x, W_4), target)


def two_layer_relu(x: Tensor, W_1: Tensor, W_2: Tensor) -> Tensor:
    """W_2 ReLU(W_1 x): x (d,), W_1 (H, d), W_2 (K, H) → (K,).

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"x": "d", "W_1": "H d", "W_2": "K H"}, x=x, W_1=W_1, W_2=W_2)
    return functional.linear(functional.relu(functional.linear(x, W_1)), W_2)


def curve_network_loss(x: Tensor, y: Tensor, W_H: Tensor, b_H: Tensor, W_O: Tensor, b_O: Tensor) -> Tensor:
    """The sum of (y_i − W_Oᵀ ReLU(W_H x_i + b_H) − b_O)²: x and y (n,), W_H, b_H, W_O (H,), b_O () → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"x": "n", "y": "n", "W_H": "H", "b_H": "H", "W_O": "H", "b_O": ""}, x=x, y=y, W_H=W_H, b_H=b_H, W_O=W_O, b_O=b_O)
    hidden = functional.relu(functional.linear(x[:, None], W_H[:, None], b_H))
    return functional.mse_loss(hidden @ W_O + b_O, y, reduction="sum")


def batch_normalized(Z: Tensor, gamma: Tensor, beta: Tensor, epsilon: float) -> Tensor:
    """Each column of Z brought to mean 0 and variance v/(v + ε), scaled and shifted: Z (N, K), gamma and beta (K,) → (N, K).

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"Z": "N K", "gamma": "K", "beta": "K"}, Z=Z, gamma=gamma, beta=beta)
    return functional.batch_norm(Z, None, None, gamma, beta, training=True, eps=epsilon)


def softmax_cross_entropy(Z: Tensor, T: Tensor) -> Tensor:
    """The mean over the rows of −Σ_k T_ik log softmax(Z)_ik: scores Z and target probabilities T (N, K) → ().

    Raises:
        NumericError: shapes that do not fit.
    """
    check_shapes({"Z": "N K", "T": "N K"}, Z=Z, T=T)
    return functional.cross_entropy(Z, T)

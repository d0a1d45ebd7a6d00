"""Backpropagation: the gradients of small networks by the chain rule, one quantity after the other.

Models: a tanh network under the mean absolute error, a gated network under softmax cross-entropy, two-layer ReLU networks for given
upstream gradients, for curves, for regression and for classification, the pieces of a batched classifier, and how many parameters a
perceptron has. Each part states its model, its loss and its convention.
Convention: a gradient has the shape of its variable. The gradient with respect to an intermediate quantity treats it as a variable of
its own: cut loose from what precedes it, while all that follows is kept.
Reference: I. Goodfellow, Y. Bengio and A. Courville, Deep Learning (2016), section 6.5.
"""

from derivations.catalogue.backpropagation import (
    affine_networks,
    batch_normalization,
    classifier_pieces,
    curve_network,
    gated_network,
    l1_network,
    parameter_counts,
    two_layer_relu,
)
from derivations.catalogue.backpropagation.affine_networks import classification_gradients, regression_gradients
from derivations.catalogue.backpropagation.batch_normalization import batch_normalization_gradients, batch_normalization_input_gradient
from derivations.catalogue.backpropagation.classifier_pieces import affine_gradients, cross_entropy_gradient, tanh_gradient
from derivations.catalogue.backpropagation.curve_network import curve_network_gradients, curve_network_in_numbers
from derivations.catalogue.backpropagation.gated_network import gated_network_errors, gated_network_weight_gradients
from derivations.catalogue.backpropagation.l1_network import l1_gradients
from derivations.catalogue.backpropagation.parameter_counts import parameter_count, parameters_in_numbers
from derivations.catalogue.backpropagation.two_layer_relu import two_layer_relu_gradients, two_layer_relu_in_numbers

__all__ = [
    "affine_gradients",
    "batch_normalization_gradients",
    "batch_normalization_input_gradient",
    "classification_gradients",
    "cross_entropy_gradient",
    "curve_network_gradients",
    "curve_network_in_numbers",
    "entries",
    "gated_network_errors",
    "gated_network_weight_gradients",
    "l1_gradients",
    "parameter_count",
    "parameters_in_numbers",
    "regression_gradients",
    "tanh_gradient",
    "two_layer_relu_gradients",
    "two_layer_relu_in_numbers",
]

entries = (
    *l1_network.entries,
    *gated_network.entries,
    *two_layer_relu.entries,
    *curve_network.entries,
    *affine_networks.entries,
    *classifier_pieces.entries,
    *batch_normalization.entries,
    *parameter_counts.entries,
)

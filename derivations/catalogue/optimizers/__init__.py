"""Update rules of neural networks' optimizers: momentum, RMSProp and Adam, what constant and random gradients make of them, and steps in numbers.

Model: weights w (N, D) of any shape, the gradient g of any loss there, and what a rule remembers, all of the shape of the weights.
Loss: any; a rule sees its gradients only. Learning rate α, momentum μ, decay rates ρ, β₁ and β₂, and a small ε > 0 beside the roots.
Convention: every product, root and quotient of matrices is entry by entry. Steps are numbered from 1; a gradient is constant or random where said.
Reference: I. Sutskever, J. Martens, G. Dahl and G. Hinton, On the importance of initialization and momentum in deep learning (2013);
T. Tieleman and G. Hinton, Lecture 6.5: RMSProp (2012); D. Kingma and J. Ba, Adam: A method for stochastic optimization (2015).
"""

from derivations.catalogue.optimizers import adam, numbers, random_gradients, rmsprop, velocity
from derivations.catalogue.optimizers.adam import adam_step, corrected_moments
from derivations.catalogue.optimizers.numbers import adam_step_in_numbers, momentum_step_in_numbers, rmsprop_step_in_numbers
from derivations.catalogue.optimizers.random_gradients import share_of_the_mean
from derivations.catalogue.optimizers.rmsprop import rmsprop_step
from derivations.catalogue.optimizers.velocity import effective_learning_rate, momentum_step, velocity_after

__all__ = [
    "adam_step",
    "adam_step_in_numbers",
    "corrected_moments",
    "effective_learning_rate",
    "entries",
    "momentum_step",
    "momentum_step_in_numbers",
    "rmsprop_step",
    "rmsprop_step_in_numbers",
    "share_of_the_mean",
    "velocity_after",
]

entries = (
    *velocity.entries,
    *rmsprop.entries,
    *adam.entries,
    *random_gradients.entries,
    *numbers.entries,
)

"""Offline answers: sources put into the persona's words, three stances of them, with nothing that is not in the sources.

Pure and deterministic: the same question, sources and moment give the same words. No model is asked here.
"""

from generator.replies.composing.compose import Composition, compose

__all__ = ["Composition", "compose"]

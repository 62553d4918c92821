"""The library: from files to the two messages a model gets for a brief.

Holds reading, finding, caging and rendering. The words themselves are in the folders beside this one.
"""

from prompts.library.library import Library, Prompt
from prompts.library.words import Words

__all__ = ["Library", "Prompt", "Words"]

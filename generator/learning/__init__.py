"""Learning from people: how far an approved text is from the machine's, and which edits keep coming back.

Pure functions over pairs (machine text, approved text); keeping pairs and accepting notes is the desk's business.
"""

from generator.learning.figures import Figures, figures
from generator.learning.found import Habit, Pair
from generator.learning.habits import habits
from prompts.distance import distance

__all__ = ["Figures", "Habit", "Pair", "distance", "figures", "habits"]

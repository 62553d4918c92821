"""Chat models behind any OpenAI-compatible endpoint: settings, client, retries, structured answers, the gate they pass.

Knows nothing of briefs, posts or budgets. Importing it does not import langchain; asking a model does.
"""

from generator.models.chat import ChatModel
from generator.models.gate import About, Attempt, Gate, Need, OpenGate
from generator.models.setting import from_setting
from generator.models.streaming import stream
from generator.models.talk import Message, Reply, Shape

__all__ = [
    "About",
    "Attempt",
    "ChatModel",
    "Gate",
    "Message",
    "Need",
    "OpenGate",
    "Reply",
    "Shape",
    "from_setting",
    "stream",
]

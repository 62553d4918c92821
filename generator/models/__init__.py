"""Chat models behind any OpenAI-compatible endpoint: settings, client, retries, structured answers.

Knows nothing of briefs or posts. Importing it does not import langchain; asking a model does.
"""

from generator.models.chat import Attempt, ChatModel, Message, Reply, Shape
from generator.models.setting import from_setting
from generator.models.streaming import stream

__all__ = ["Attempt", "ChatModel", "Message", "Reply", "Shape", "from_setting", "stream"]

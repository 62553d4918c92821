"""Speaking to WeCom as a self-built app: token, media, 企业群发, app messages; and following tasks until they end.

The channels use it to create and tell, a chore to look. What a task means for deliveries is :mod:`content_calendar.mass`.
"""

from workers.wecom.account import Account, load
from workers.wecom.api import Answer, Api, Refused, Unsure

__all__ = ["Account", "Answer", "Api", "Refused", "Unsure", "load"]

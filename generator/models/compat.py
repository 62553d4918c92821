"""The chat client for OpenAI-compatible servers. The only module that imports langchain (1.6 s): load it late.

Three things ChatOpenAI does are wrong for servers other than OpenAI's: it renames max_tokens, leaves out the usage of
streams when an address is given, and drops reasoning_content. Its parent class with three small overrides
does right. Structured output is asked for through extra_body: then an answer that was cut off
comes back as it is, with its token counts, instead of as an exception without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openai
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai.chat_models.base import BaseChatOpenAI
from pydantic import SecretStr

from generator.models.spec import ModelSpec

REASONING = "reasoning_content"


class CompatibleChat(BaseChatOpenAI):
    """A chat model of any OpenAI-compatible server."""

    def _create_chat_result(
        self, response: dict[str, Any] | openai.BaseModel, generation_info: dict[str, Any] | None = None
    ) -> ChatResult:
        result = super()._create_chat_result(response, generation_info)
        raw = response if isinstance(response, dict) else response.model_dump(warnings=False)
        for generation, choice in zip(result.generations, raw.get("choices") or (), strict=False):
            if thought := (choice.get("message") or {}).get(REASONING):
                assert isinstance(generation.message, AIMessage)
                generation.message.additional_kwargs[REASONING] = thought
        return result

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        choices = chunk.get("choices") or ()
        if made is not None and choices and (thought := (choices[0].get("delta") or {}).get(REASONING)):
            assert isinstance(made.message, AIMessageChunk)
            made.message.additional_kwargs[REASONING] = thought
        return made

    async def chunks(
        self, turns: list[dict[str, str]], arguments: Mapping[str, Any]
    ) -> openai.AsyncStream[object]:
        """A streamed answer as plain data: the SDK's typed chunks are a third of the work, and people wait for the first word."""
        extra = arguments.get("extra_body") or {}
        told = {name: value for name, value in arguments.items() if name != "extra_body"}
        body = {"model": self.model_name, "messages": turns, "stream": True, "stream_options": {"include_usage": True}}  # fmt: skip
        opened: openai.AsyncStream[object] = await self.root_async_client.post(
            "/chat/completions", cast_to=object, body={**body, **told, **extra}, stream=True, stream_cls=openai.AsyncStream[object]
        )  # fmt: skip
        return opened


def client(spec: ModelSpec, http: Any) -> CompatibleChat:
    """A client for one model; ``http`` is the async HTTP client that the caller closes."""
    return CompatibleChat(
        model=spec.model,
        base_url=spec.base_url,
        api_key=SecretStr(spec.key or "none"),
        organization="",  # never from the environment
        timeout=spec.timeout,
        max_retries=0,  # the retries are ours, see generator.models.chat
        stream_usage=True,
        http_async_client=http,
        use_responses_api=False,
    )


def http_client(spec: ModelSpec) -> openai.DefaultAsyncHttpxClient:
    """An HTTP client with room for this model's concurrency."""
    from httpx2 import Limits

    room = spec.concurrency + 4
    return openai.DefaultAsyncHttpxClient(
        timeout=spec.timeout, limits=Limits(max_connections=room, max_keepalive_connections=room)
    )


def crowd_client(spec: ModelSpec) -> openai.DefaultAioHttpClient:
    """The same on aiohttp, for many who wait at once: the other pool looks at every connection for every request."""
    from httpx2 import Limits

    room = spec.concurrency + 4
    return openai.DefaultAioHttpClient(
        timeout=spec.timeout, limits=Limits(max_connections=room, max_keepalive_connections=room)
    )

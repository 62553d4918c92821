"""What may stand in CHONGFEN_MODELS and CHONGFEN_MODEL_KEY, and what is refused with its remedy."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from generator.errors import GeneratorError
from generator.models import from_setting
from generator.models.prices import priced
from generator.models.spec import parse


def test_a_chain_of_providers_and_addresses_is_read_in_order() -> None:
    chain = parse(
        "deepseek://deepseek-chat, qwen://qwen-plus?temperature=0.9,ollama://qwen3:8b,"
        "vllm://10.0.0.5:8000#Qwen/Qwen3-8B, https://llm.example.com/v1/#my-model",
        key="deepseek=a, qwen=b, llm.example.com=c",
    )
    assert [(one.name, one.base_url, one.key) for one in chain] == [
        ("deepseek:deepseek-chat", "https://api.deepseek.com/v1", "a"),
        ("qwen:qwen-plus", "https://dashscope.aliyuncs.com/compatible-mode/v1", "b"),
        ("ollama:qwen3:8b", "http://127.0.0.1:11434/v1", ""),
        ("vllm:Qwen/Qwen3-8B", "http://10.0.0.5:8000/v1", ""),
        ("custom:my-model", "https://llm.example.com/v1", "c"),
    ]


def test_openai_gets_the_new_name_of_the_token_limit() -> None:
    assert parse("openai://gpt-5-mini", key="k")[0].new_token_name


def test_tuning_stands_behind_a_question_mark() -> None:
    one = parse("deepseek://m?temperature=none&max_tokens=900&in=2&out=8&timeout=20&method=plain", key="k")[0]
    assert (one.temperature, one.max_tokens, one.timeout, one.first) == (None, 900, 20.0, "plain")
    assert one.cost(1_000_000, 500_000) == Decimal(6)


def test_a_model_without_a_price_has_no_cost() -> None:
    assert parse("ollama://m")[0].cost(10, 10) is None


def test_prices_may_stand_apart_in_yuan_per_million_tokens() -> None:
    chain = priced(parse("deepseek://m?in=9&out=9, ollama://m:8b, qwen://plus", key="deepseek=a,qwen=b"),
                   "deepseek:m=2/8, m:8b=0/0, plus=0.8/2")  # fmt: skip
    assert [one.cost(1_000_000, 1_000_000) for one in chain] == [Decimal(10), Decimal(0), Decimal("2.8")]


@pytest.mark.parametrize("text", ["m", "m=2", "m=2/x", "m=-1/2", "nobody=1/2", "=1/2", "m=inf/1"])
def test_a_price_that_cannot_be_read_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        priced(parse("ollama://m"), text)
    assert caught.value.code == "models.prices" and caught.value.english != str(caught.value)


def test_empty_text_means_no_model() -> None:
    assert from_setting("", key="") == () == from_setting(" , ", key="k")


@pytest.mark.parametrize(
    "text",
    ["deepseek", "deepseek://", "nobody://m", "http://host:8000/v1", "http:///v1#m", "deepseek://m?colour=red",
     "deepseek://m?temperature=9", "deepseek://m?in=-1", "deepseek://m?max_tokens=nan",
     "https://user:pw@host/v1#m", "openai://10.0.0.1#m", "deepseek://m?in=NaN"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        parse(text, key="k")
    assert caught.value.code == "models.setting" and "pw" not in str(caught.value)


def test_one_key_is_not_sent_to_two_different_providers() -> None:
    with pytest.raises(GeneratorError) as caught:
        parse("deepseek://m,qwen://n", key="sk-one")
    assert caught.value.code == "models.key" and "sk-one" not in str(caught.value)


def test_a_provider_that_needs_a_key_says_so() -> None:
    with pytest.raises(GeneratorError) as caught:
        parse("deepseek://m", key="")
    assert caught.value.code == "models.key"


def test_reading_a_setting_does_not_import_langchain() -> None:
    code = (
        "import sys; from generator.models import from_setting; from_setting('ollama://m', key='')\n"
        "import generator.writing, prompts.library\n"
        "sys.exit(any(name.startswith(('langchain', 'openai', 'langsmith')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

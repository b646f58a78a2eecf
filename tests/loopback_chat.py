"""A model server on this computer, shaped like llama-server, vLLM, Ollama, LM Studio or a strict service, with faults.

Each shape has the addresses, fields and errors of the real program as its documentation or source states them; the
words come from a script. What was asked is kept.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

LLAMA_SERVER, VLLM, OLLAMA, LM_STUDIO, STRICT = "llama-server", "vllm", "ollama", "lm-studio", "strict"
KINDS = (LLAMA_SERVER, VLLM, OLLAMA, LM_STUDIO, STRICT)
MODEL = "deepresearcher-7b"
TEMPLATE = "{% if tools %}<tool_call></tool_call>{% endif %}{{ messages }}<think>"


@dataclass
class Words:
    """What the model of the server does next."""

    text: str = "Yes."
    """What it generates; after the opening, where the server goes on with one."""
    thought: str = ""
    """Sent in the field of thoughts, before the text."""
    calls: tuple[tuple[str, str], ...] = ()
    """Name and arguments (as JSON text) of calls that the server takes apart."""
    finish: str = "stop"
    piece: int = 4
    """Characters that are streamed at once."""
    tokens: tuple[tuple[str, float], ...] | None = (("Yes", -0.1), ("No", -2.5))
    """Possible first tokens with the logarithms of their probabilities; None: the server does not tell them."""


@dataclass
class Fault:
    """What goes wrong with answers."""

    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """The connection is closed after so many pieces."""
    stall_after: int | None = None
    """Nothing more comes after so many pieces, until the test lets go."""
    silent: bool = False
    """Not even the head of the answer comes, until the test lets go."""
    raw: bytes = b""
    """Sent instead of the stream."""
    byte_by_byte: bool = False
    """The stream comes in pieces that end inside characters."""
    path: str = ""
    """Only where the address ends so; everywhere that a model is asked if empty."""
    times: int = 1_000_000
    """How often it happens."""


class LoopbackChat:
    """One running server."""

    def __init__(self, kind: str, *, key: str = "") -> None:
        self.kind = kind
        self.key = key
        self.words = Words()
        self.faults: list[Fault] = []
        self.script: Callable[[dict[str, Any]], Words] | None = None
        """Chooses the words by the request, if there is one."""
        self.context = 4096
        self.more_models: tuple[str, ...] = ()
        self.asked: list[tuple[str, dict[str, Any]]] = []
        """Paths and bodies of POST requests, in order."""
        self.seen: list[tuple[str, str]] = []
        """Methods and paths of all requests."""
        self.keys: set[str] = set()
        """Every value of ``authorization`` that arrived."""
        self.at_once = 0
        self.most_at_once = 0
        self.stalled = threading.Event()
        """Set when a request stands still on purpose."""
        self.let_go = threading.Event()
        self.gone = threading.Event()
        """Set when a client went away in the middle of an answer."""
        self.refuses: tuple[str, ...] = ()
        """Fields of a request that this server complains about."""
        self.connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.chat = self
        self._serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._serving.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def bodies(self, ending: str) -> list[dict[str, Any]]:
        return [body for path, body in self.asked if path.endswith(ending)]

    def close(self) -> None:
        self.let_go.set()
        self._server.shutdown()
        for connection in list(self.connections):  # some wait for a further request that never comes
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._serving.join()

    def take_fault(self, path: str) -> Fault | None:
        with self._lock:
            for fault in self.faults:
                if fault.times > 0 and (
                    path.endswith(fault.path)
                    if fault.path
                    else path.endswith("completions") or path.endswith("/completion")
                ):
                    fault.times -= 1
                    return fault
        return None

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            with self._lock:
                self.at_once -= 1


@contextmanager
def loopback_chat(kind: str, *, key: str = "") -> Iterator[LoopbackChat]:
    """Run a server for a while."""
    chat = LoopbackChat(kind, key=key)
    try:
        yield chat
    finally:
        chat.close()


class _Server(ThreadingHTTPServer):
    chat: LoopbackChat
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.chat.connections.add(self.connection)

    def finish(self) -> None:
        self.chat.connections.discard(self.connection)
        super().finish()

    @property
    def chat(self) -> LoopbackChat:
        return self.server.chat

    def log_message(self, *_arguments: object) -> None:
        pass

    # --- requests ------------------------------------------------------------------------------------------------

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self._may_enter(path):
            return
        found = self._page(path)
        if found is None:
            self._complain(404, "Not Found")
        else:
            self._answer(found)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.chat.asked.append((path, body))
        if not self._may_enter(path):
            return
        with self.chat.counted():
            self._post(path, body)

    def _may_enter(self, path: str) -> bool:
        chat = self.chat
        chat.seen.append((self.command, path))
        if self.headers.get("authorization"):
            chat.keys.add(self.headers["authorization"])
        if chat.key and self.headers.get("authorization") != f"Bearer {chat.key}":
            self._complain(401, f"Incorrect API key provided: {self.headers.get('authorization', '')}")
            return False
        fault = chat.take_fault(path)
        self._fault = fault
        if fault is None:
            return True
        if fault.silent:
            self._wait()
            self.close_connection = True
            return False
        if fault.status:
            self._send(fault.status, fault.body.encode(), fault.headers)
            return False
        if fault.raw:
            self._send(200, fault.raw, {"content-type": "text/event-stream"})
            return False
        return True

    def _page(self, path: str) -> dict[str, Any] | None:
        chat, owner = self.chat, "library"
        entry: dict[str, Any] = {"id": MODEL, "object": "model", "created": 1}
        match chat.kind, path:
            case "llama-server", "/v1/models":
                owner = "llamacpp"
                entry["meta"] = {"vocab_type": 2, "n_vocab": 152064, "n_ctx_train": 32768}
            case "vllm", "/v1/models":
                owner = "vllm"
                entry |= {"root": MODEL, "max_model_len": chat.context}
            case "lm-studio", "/v1/models":
                owner = "organization_owner"
            case "strict", "/v1/models":
                owner = "system"
            case "ollama", "/v1/models":
                pass
            case "llama-server", "/props":
                return {
                    "default_generation_settings": {"n_ctx": chat.context, "params": {}},
                    "total_slots": 4,
                    "model_path": f"/models/{MODEL}.gguf",
                    "chat_template": TEMPLATE,
                }
            case "ollama", "/api/version":
                return {"version": "0.12.3"}
            case "ollama", "/api/ps":
                return {"models": [{"name": MODEL, "model": MODEL, "context_length": chat.context}]}
            case "vllm", "/version":
                return {"version": "0.11.0"}
            case "lm-studio", "/api/v0/models":
                loaded = {"state": "loaded", "max_context_length": 32768, "loaded_context_length": chat.context}
                return {"object": "list", "data": [{"id": MODEL, "object": "model", "type": "llm", **loaded}]}
            case _:
                return None
        names = (MODEL, *chat.more_models)
        return {"object": "list", "data": [{**entry, "id": name, "owned_by": owner} for name in names]}

    def _post(self, path: str, body: dict[str, Any]) -> None:
        chat = self.chat
        if path == "/v1/chat/completions":
            self._chat(body)
        elif chat.kind == LLAMA_SERVER and path == "/apply-template":
            self._answer({"prompt": written(body)})
        elif chat.kind == LLAMA_SERVER and path == "/tokenize":
            self._answer({"tokens": list(range(len(body["content"].split())))})
        elif chat.kind == LLAMA_SERVER and path == "/completion":
            self._completion(body)
        elif chat.kind == VLLM and path == "/tokenize":
            tokens = len(written(body).split())
            self._answer({"count": tokens, "max_model_len": chat.context, "tokens": list(range(tokens))})
        elif chat.kind == OLLAMA and path == "/api/show" and body["model"] != MODEL:
            self._complain(404, f"model '{body['model']}' not found")
        elif chat.kind == OLLAMA and path == "/api/show":
            about = {"general.architecture": "qwen2", "qwen2.context_length": 32768}
            self._answer({"parameters": "", "template": "{{ .Tools }}<tool_call>", "model_info": about})
        else:
            self._complain(404, "Not Found")

    # --- answers of models ---------------------------------------------------------------------------------------

    def _words(self, body: dict[str, Any]) -> Words:
        return self.chat.script(body) if self.chat.script else self.chat.words

    def _chat(self, body: dict[str, Any]) -> None:
        chat, words = self.chat, self._words(body)
        for name in chat.refuses:
            if name in body:
                hint = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
                self._complain(400, f"Unsupported parameter: '{name}' is not supported with this model.{hint}")
                return
        if body["model"] != MODEL and chat.kind != LLAMA_SERVER:
            self._complain(404, f"The model `{body['model']}` does not exist.")
            return
        if chat.kind == STRICT and not _is_strict(body["messages"]):
            self._complain(
                400, "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
            )
            return
        if chat.kind == VLLM and body.get("tools") and body.get("tool_choice") != "none":
            self._complain(
                400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
            )
            return
        if body.get("logprobs"):
            self._one_token(body, words)
            return
        used = {"prompt_tokens": len(written(body).split()), "completion_tokens": len(words.text.split())}
        used["total_tokens"] = sum(used.values())
        text = self._shortened(words, body)
        if not body.get("stream"):
            message: dict[str, Any] = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": words.finish}
            self._answer({"object": "chat.completion", "choices": [choice], "usage": used})
            return
        self._stream(self._chat_events(body, words, text, used))

    def _shortened(self, words: Words, body: dict[str, Any]) -> str:
        """The text without the stop text that was met, as real servers send it."""
        for stop in body.get("stop", []):
            place = words.text.find(stop)
            if place >= 0:
                return words.text[: place + len(stop)] if body.get("include_stop_str_in_output") else words.text[:place]
        return words.text

    def _chat_events(
        self, body: dict[str, Any], words: Words, text: str, used: dict[str, int]
    ) -> Iterator[dict[str, Any]]:
        def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return {"object": "chat.completion.chunk", "model": body["model"], "choices": [choice]}

        yield chunk({"role": "assistant", "content": ""})
        thoughts = "reasoning" if self.chat.kind == OLLAMA else "reasoning_content"
        for piece in _pieces(words.thought, words.piece):
            yield chunk({thoughts: piece})
        for piece in _pieces(text, words.piece):
            yield chunk({"content": piece})
        for number, (name, arguments) in enumerate(words.calls):
            function = {"name": name, "arguments": ""}
            yield chunk(
                {"tool_calls": [{"index": number, "id": f"c{number}", "type": "function", "function": function}]}
            )
            for piece in _pieces(arguments, words.piece):
                yield chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        yield chunk({}, "tool_calls" if words.calls else words.finish)
        if body.get("stream_options", {}).get("include_usage"):
            yield {"object": "chat.completion.chunk", "choices": [], "usage": used}

    def _completion(self, body: dict[str, Any]) -> None:
        words = self._words(body)
        if body.get("n_probs"):
            self._one_token(body, words)
            return
        evaluated = len(body["prompt"].split())
        if evaluated > self.chat.context:
            error = {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": evaluated,
                "n_ctx": self.chat.context,
            }
            self._send(400, json.dumps({"error": error}).encode(), {"content-type": "application/json"})
            return
        met = next((stop for stop in body["stop"] if stop in words.text), "")
        text = self._shortened(words, body)
        ending = {
            "content": "",
            "stop": True,
            "stop_type": "limit" if words.finish == "length" else "word" if met else "eos",
            "stopping_word": met,
            "tokens_predicted": len(words.text.split()),
            "tokens_evaluated": evaluated,
            "timings": {"cache_n": 3, "prompt_n": evaluated - 3},
        }
        pieces = [{"index": 0, "content": piece, "stop": False} for piece in _pieces(text, words.piece)]
        self._stream([*pieces, ending], ends_with_done=False)

    def _one_token(self, body: dict[str, Any], words: Words) -> None:
        listed = [
            {"id": number, "token": token, "bytes": list(token.encode()), "logprob": logarithm}
            for number, (token, logarithm) in enumerate(words.tokens or ())
        ]
        position = [{**listed[0], "top_logprobs": listed}] if listed else None
        if "prompt" in body:
            self._answer({"content": words.text[:3], "stop": True, "completion_probabilities": position or []})
            return
        message = {"role": "assistant", "content": words.text[:3]}
        choice = {"index": 0, "message": message, "logprobs": {"content": position} if position else None}
        self._answer({"object": "chat.completion", "choices": [{**choice, "finish_reason": "length"}]})

    # --- sending -------------------------------------------------------------------------------------------------

    def _stream(self, events: Any, *, ends_with_done: bool = True) -> None:
        fault = self._fault or Fault()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for number, event in enumerate(events):
                if fault.cut_after == number:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if fault.stall_after == number:
                    self._wait()
                    self.close_connection = True
                    return
                self._chunk(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode(), fault)
            if ends_with_done:
                self._chunk(b"data: [DONE]\n\n", fault)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.chat.gone.set()
            self.close_connection = True

    def _chunk(self, data: bytes, fault: Fault) -> None:
        for piece in [data[place : place + 1] for place in range(len(data))] if fault.byte_by_byte else [data]:
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()

    def _wait(self) -> None:
        self.chat.stalled.set()
        self.chat.let_go.wait(30)

    def _answer(self, value: dict[str, Any]) -> None:
        self._send(200, json.dumps(value).encode(), {"content-type": "application/json"})

    def _complain(self, status: int, message: str) -> None:
        """Say an error in the form of this kind of server."""
        match self.chat.kind:
            case "lm-studio":
                value: dict[str, Any] = {"error": message}
            case "vllm" if message == "Not Found":
                value = {"detail": message}
            case _:
                value = {"error": {"message": message, "type": "invalid_request_error", "code": status}}
        self._send(status, json.dumps(value).encode(), {"content-type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.chat.gone.set()
            self.close_connection = True


def written(body: dict[str, Any]) -> str:
    """A prompt as the made-up chat template writes it."""
    lines = [f"tool {tool['function']['name']}" for tool in body.get("tools", [])]
    lines += [f"<{message['role']}> {message['content']}" for message in body["messages"]]
    return "\n".join([*lines, "<assistant> "])


def _is_strict(messages: list[dict[str, Any]]) -> bool:
    """Whether every answer of a tool follows a call with its number."""
    open_calls: set[str] = set()
    for message in messages:
        open_calls |= {call["id"] for call in message.get("tool_calls", [])}
        if message["role"] == "tool" and message.get("tool_call_id") not in open_calls:
            return False
    return True


def _pieces(text: str, size: int) -> list[str]:
    return [text[place : place + size] for place in range(0, len(text), size)]

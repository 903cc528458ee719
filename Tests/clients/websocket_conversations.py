"""Conversations between PyPI's `websockets` and the echo routes of WebSocketPythonTests; prints one line for each that went well.

    websocket_conversations.py PORT
"""
import asyncio
import random
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus


async def sizes(base):
    """Both kinds of message around every border of the length field, up to the route's limit."""
    async with connect(base + "/echo", max_size=None) as socket:
        for size in [0, 1, 125, 126, 127, 128, 4095, 4096, 65535, 65536, 65537, 1 << 20, (16 << 20) - 1, 16 << 20]:
            text = "ق" * (size // 2) + "a" * (size % 2)
            await socket.send(text)
            assert await socket.recv() == text, size
            data = random.Random(size).randbytes(size)
            await socket.send(data)
            assert await socket.recv() == data, size
    assert socket.close_code == 1000


async def fragments(base):
    """One message in many frames, with pings between them."""
    async with connect(base + "/echo", max_size=None) as socket:
        for count, size in [(1, 5), (2, 1), (3, 0), (100, 1), (1000, 64), (64, 65536), (4096, 1024)]:
            async def pieces():
                for number in range(count):
                    yield bytes([number % 256]) * size
                    if number % 500 == 499:
                        await socket.ping()
            await socket.send(pieces())
            assert await socket.recv() == b"".join(bytes([n % 256]) * size for n in range(count)), (count, size)
        # Characters of three bytes across frames of one character each; of one byte each they would not be str.
        await socket.send(iter("حلاق صالون €"))
        assert await socket.recv() == "حلاق صالون €"


async def pings(base):
    """Pings are answered with their own bytes, in order."""
    async with connect(base + "/echo") as socket:
        for size in [0, 1, 125]:
            await asyncio.wait_for(await socket.ping(b"p" * size), 20)
        waiters = [await socket.ping(str(number)) for number in range(1000)]
        await asyncio.wait_for(asyncio.gather(*waiters), 20)


async def compression(base):
    """An offered permessage-deflate is declined and everything works without it."""
    async with connect(base + "/echo", compression="deflate") as socket:
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        await socket.send("a" * 100_000)
        assert await socket.recv() == "a" * 100_000


async def subprotocols(base):
    async with connect(base + "/strict", subprotocols=["v1.qareeb", "v2.qareeb"], origin="https://qareeb.example") as socket:
        assert socket.subprotocol == "v2.qareeb"


async def origins(base):
    try:
        async with connect(base + "/strict", origin="https://evil.example"):
            raise AssertionError("a foreign origin was let in")
    except InvalidStatus as refusal:
        assert refusal.response.status_code == 403


async def too_big(base):
    async with connect(base + "/strict") as socket:
        await socket.send(b"x" * ((1 << 20) + 1))
        try:
            await socket.recv()
            raise AssertionError("a message above the limit was taken")
        except ConnectionClosedError as end:
            assert end.rcvd.code == 1009, end


async def closes(base):
    for code in [1000, 1001, 3000, 4999]:
        socket = await connect(base + "/echo")
        await socket.close(code, "reason ق")
        assert (socket.close_code, socket.close_reason) == (code, "reason ق")
    socket = await connect(base + "/server-closes")
    await socket.wait_closed()
    assert (socket.close_code, socket.close_reason) == (4000, "that was all")


async def floods(base):
    """Sending and receiving at full speed at once; the receiver is slow now and then."""
    async with connect(base + "/echo", max_queue=4) as socket:
        async def send():
            for number in range(20_000):
                await socket.send(str(number))
        sender = asyncio.create_task(send())
        for number in range(20_000):
            if number % 5_000 == 0:
                await asyncio.sleep(0.05)
            assert await socket.recv() == str(number)
        await sender


async def crowd(base):
    """Many sockets at once, each with its own messages."""
    async def one(number):
        async with connect(base + "/echo") as socket:
            for turn in range(20):
                await socket.send(f"{number}/{turn}" * 50)
                assert await socket.recv() == f"{number}/{turn}" * 50
    await asyncio.gather(*(one(number) for number in range(100)))


async def main():
    base = f"ws://127.0.0.1:{sys.argv[1]}"
    for conversation in [sizes, fragments, pings, compression, subprotocols, origins, too_big, closes, floods, crowd]:
        await asyncio.wait_for(conversation(base), 120)
        print(conversation.__name__, flush=True)


asyncio.run(main())

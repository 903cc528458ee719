"""Conversations between Chromium's WebSocket and the routes of BrowserTests; prints one line for each that went well.

    browser_websocket.py PORT
"""
import sys

from browser import Browser

LISTEN = """
const open = (path) => new Promise((done, failed) => {
  const socket = new WebSocket(BASE + path);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => done(socket);
  socket.onerror = () => failed(new Error("no connection"));
});
const next = (socket) => new Promise((done) => socket.addEventListener("message", (event) => done(event.data), { once: true }));
const end = (socket) => new Promise((done) => socket.addEventListener("close",
  (event) => done([event.code, event.reason, event.wasClean]), { once: true }));
const echo = async (socket, message) => { const answer = next(socket); socket.send(message); return await answer; };
"""

CONVERSATIONS = {
    "text": ("""const socket = await open("/echo");
        return [await echo(socket, ""), await echo(socket, "صالون سما 💈"), await echo(socket, "a".repeat(1 << 20)) === "a".repeat(1 << 20)];
        """, ["", "صالون سما 💈", True]),
    "binary": ("""const socket = await open("/echo");
        const sent = new Uint8Array(1 << 20).map((_, index) => index * 7);
        const got = new Uint8Array(await echo(socket, sent));
        return [got.length, got.every((byte, index) => byte === sent[index])];
        """, [1 << 20, True]),
    "order": ("""const socket = await open("/echo");
        const got = [];
        const all = new Promise((done) => { socket.onmessage = (event) => { if (got.push(event.data) === 1000) done(); }; });
        for (let number = 0; number < 1000; number++) socket.send(String(number));
        await all;
        return got.every((text, number) => text === String(number));
        """, True),
    "client_closes": ("""const socket = await open("/echo");
        const ended = end(socket);
        socket.close(4321, "وداعا");
        return await ended;
        """, [4321, "وداعا", True]),
    "server_closes": ("""return await end(await open("/server-closes"));""", [4000, "that was all", True]),
    "too_big": ("""const socket = await open("/echo");
        const ended = end(socket);
        socket.send("a".repeat((2 << 20) + 1));
        return (await ended)[0];
        """, 1009),
    "no_socket": ("""return await open("/nowhere").catch((error) => error.message);""", "no connection"),
}


def main():
    with Browser() as browser:
        page = browser.page()
        listen = LISTEN.replace("BASE", f'"ws://127.0.0.1:{sys.argv[1]}"')
        for name, (script, expected) in CONVERSATIONS.items():
            got = page.evaluate(f"(async () => {{ {listen} {script} }})()")
            assert got == expected, (name, got)
            print(name, flush=True)


main()

"""Load on the pages: see script/bench-pages. Only the standard library."""

import asyncio
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

QUICK = "--quick" in sys.argv
DELEGATES = 200 if QUICK else 1000
MOTIONS, AMENDMENTS = (50, 4) if QUICK else (500, 4)
SECONDS = 5 if QUICK else 20
RATE = 500
MANDATE = os.environ["MANDATE"]


def run(*command):
    return subprocess.run([MANDATE, *command], check=True, capture_output=True, text=True).stdout


class Served:
    """The program serving a record, and how long it took to start."""

    def __init__(self, record, *options):
        begun = time.monotonic()
        self.process = subprocess.Popen([MANDATE, "serve", record, "--trial", "--listen", "127.0.0.1:0", *options],
                                        stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            found = re.search(r"serving http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.port = int(found[1])
                break
        self.start_seconds = time.monotonic() - begun

    def end(self):
        self.process.terminate()
        self.process.wait()

    def peak_mebibytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


class Client:
    """One connection that is kept."""

    def __init__(self, port):
        self.port, self.reader, self.writer, self.cookie = port, None, None, ""

    async def ask(self, path, form=None):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"Host: 127.0.0.1:{self.port}\r\n" + (f"Cookie: {self.cookie}\r\n" if self.cookie else "")
        if form is None:
            self.writer.write(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode())
        else:
            body = urllib.parse.urlencode(form).encode()
            kind = "Content-Type: application/x-www-form-urlencoded\r\n"
            self.writer.write(
                f"POST {path} HTTP/1.1\r\n{head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status = int(head.split()[1])
        fields = head.lower()
        length = re.search(r"content-length: (\d+)", fields)
        if length:
            body = await self.reader.readexactly(int(length[1]))
        elif "chunked" in fields:
            body = b""
            while (size := int(await self.reader.readline(), 16)) > 0:
                body += await self.reader.readexactly(size)
                await self.reader.readline()
            await self.reader.readline()
        else:
            body = b""
        cookie = re.search(r"set-cookie: (session=[^;]+)", head, re.IGNORECASE)
        if cookie:
            self.cookie = cookie[1]
        return status, body

    def close(self):
        if self.writer:
            self.writer.close()


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


async def load(port, paths):
    """So many requests a second, sent when they are due whether or not earlier ones were answered."""
    clients = [Client(port) for _ in range(64)]
    idle = asyncio.Queue()
    for client in clients:
        idle.put_nowait(client)
    times, sizes, tasks = [], [], []

    async def one(path, due):
        client = await idle.get()
        status, body = await client.ask(path)
        times.append(time.monotonic() - due)
        sizes.append(len(body))
        idle.put_nowait(client)
        assert status == 200, (status, path)

    begun = time.monotonic()
    for number in range(RATE * SECONDS):
        due = begun + number / RATE
        await asyncio.sleep(max(0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(paths[number % len(paths)], due)))
    await asyncio.gather(*tasks)
    for client in clients:
        client.close()
    return 1000 * percentile(times, 0.5), 1000 * percentile(times, 0.99), sum(sizes) / len(sizes)


def hall(scratch):
    """A workplace whose members have filed motions and amendments, and a meeting of all of them, convened."""
    folder = f"{scratch}/hall"
    run("init", folder, "--name", "Hall")
    charter = pathlib.Path(folder, "charter.toml")
    text = charter.read_text().replace('kind = "resolution"', 'kind = "resolution"\nvote = "roll-call"', 1)
    charter.write_text(text)
    pathlib.Path(folder, "workplaces.csv").write_text("workplace,branch,district\nW1,C2431,north\n")
    rows = "".join(f"M{n},W1,active,person\n" for n in range(1, DELEGATES + 1))
    pathlib.Path(folder, "members.csv").write_text("member,workplace,standing,kind\n" + rows)
    record = f"{scratch}/hall-record"
    run("found", folder, record, "--commission", "M1")
    assembly = "workplace/W1"
    lines = []
    for n in range(1, MOTIONS + 1):
        text = [f"Line {line} of motion {n}." for line in range(1, 7)]
        file = {"assembly": assembly, "kind": "resolution", "title": f"Motion {n}", "text": text}
        lines.append({"by": f"M{n % DELEGATES + 1}", "action": {"motion": {"file": file}}})
        for line in range(1, AMENDMENTS + 1):
            amend = {"motion": n, "first": line, "lines": 1, "text": [f"Another line {line}."]}
            lines.append({"by": f"M{(n + line) % DELEGATES + 1}", "action": {"motion": {"amend": amend}}})
    # The first motion is put without amendments: one that none were moved to.
    file = {"assembly": assembly, "kind": "resolution", "title": "The vote", "text": ["Shall it be so?"]}
    lines.append({"by": "M1", "action": {"motion": {"file": file}}})
    agenda = [{"title": f"Motion {n}", "motion": n} for n in range(1, MOTIONS + 2)]
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4 * 86400))
    convene = {"assembly": assembly, "scheduled": soon, "agenda": agenda}
    lines.append({"by": "M1", "action": {"meeting": {"convene": convene}}})
    commands = pathlib.Path(scratch, "commands.jsonl")
    commands.write_text("".join(json.dumps(line) + "\n" for line in lines))
    run("act", record, "--file", str(commands))
    return record, MOTIONS + 1


async def token(client, path):
    _, body = await client.ask(path)
    page = body.decode()
    return re.search(r'name="token" value="([^"]+)"', page)[1]


async def vote(port, motion):
    """A vote from its opening to its result, as all delegates' devices see it."""
    people = [Client(port) for _ in range(DELEGATES)]

    async def sign_in(client, member):
        await client.ask("/sign-in", {"member": member, "code": ""})

    for start in range(0, DELEGATES, 50):
        await asyncio.gather(*(sign_in(people[n], f"M{n + 1}") for n in range(start, min(start + 50, DELEGATES))))
    chair = people[0]
    form_token = await token(chair, "/theses")
    once = iter(range(10**9))

    async def act(client, fields, form_token):
        form = {**fields, "token": form_token, "once": f"bench-{next(once)}", "back": "/meetings/1"}
        status, body = await client.ask("/act", form)
        assert status == 303, (status, re.sub(r"<[^>]+>", " ", body.decode())[:400])

    await act(chair, {"do": "open-meeting", "meeting": 1}, form_token)
    everybody = "\n".join(f"M{n}" for n in range(1, DELEGATES + 1))
    await act(chair, {"do": "arrive", "meeting": 1, "members": everybody}, form_token)
    tokens = [form_token]
    for client in people[1:]:
        tokens.append(await token(client, "/theses"))

    # One more connection each, for what the server says by itself.
    streams = []
    for _ in range(DELEGATES):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        await reader.readuntil(b"data:")
        await reader.readline()
        streams.append((reader, writer))
    before = int(re.search(rb'data-entry="(\d+)"', (await chair.ask("/meetings/1?live=1"))[1])[1])

    async def sees(reader, client, wanted):
        """Waits until the server says that something happened, asks for the page, and looks for it there."""
        while True:
            await reader.readuntil(b"data:")
            if int(await reader.readline()) > before:
                _, body = await client.ask("/meetings/1?live=1")
                assert wanted in body, body[:600]
                return

    watching = [asyncio.create_task(sees(reader, client, b'name="answer"'))
                for (reader, _), client in zip(streams, people)]
    opener = Client(port)
    opener.cookie = chair.cookie
    begun = time.monotonic()
    await act(opener, {"do": "put", "meeting": 1, "question": f"motion {motion}"}, form_token)
    await asyncio.gather(*watching)
    seen = time.monotonic() - begun

    begun = time.monotonic()
    answers = [act(client, {"do": "answer", "vote": 1, "answer": "for" if n % 3 else "against"}, tokens[n])
               for n, client in enumerate(people)]
    await asyncio.gather(*answers)
    voted = time.monotonic() - begun

    begun = time.monotonic()
    await act(chair, {"do": "close-vote", "vote": 1}, form_token)
    _, screen = await chair.ask("/meetings/1/screen")
    shown = time.monotonic() - begun
    against = len([n for n in range(DELEGATES) if n % 3 == 0])
    assert f">{DELEGATES - against}<".encode() in screen and f">{against}<".encode() in screen, screen[:2000]
    for _, writer in streams:
        writer.close()
    for client in people:
        client.close()
    return seen, voted, shown


async def listen(port, listeners):
    """So many pages that follow the record: how soon all of them learn of something, and whether pages still answer."""
    streams = []
    for _ in range(listeners):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        streams.append((reader, writer))
    for reader, _ in streams:
        await reader.readuntil(b"data:")
        await reader.readline()
    member = Client(port)
    await member.ask("/sign-in", {"member": "M1", "code": ""})
    form_token = await token(member, "/theses")
    begun = time.monotonic()
    status, _ = await member.ask("/act", {"do": "publish-theses", "title": "One", "text": "Once.", "token": form_token,
                                          "once": "bench-listeners", "back": "/theses"})
    assert status == 303, status
    await asyncio.gather(*(reader.readuntil(b"data:") for reader, _ in streams))
    learnt = time.monotonic() - begun
    times = []
    for _ in range(100):
        asked = time.monotonic()
        status, _ = await member.ask("/theses")
        assert status == 200, status
        times.append(time.monotonic() - asked)
    for _, writer in streams:
        writer.close()
    return learnt, 1000 * percentile(times, 0.99)


def main():
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        record = f"{scratch}/us-2017"
        run("demo", "us-2017", "--no-serve", "--json", "--seed", "7", "--dir", record)
        served = Served(record)
        first = time.monotonic()
        asyncio.run(Client(served.port).ask("/"))
        rows.append(("us-2017: start with the replay of its record", f"{served.start_seconds:.2f} s", ""))
        rows.append(("  first page after that", f"{1000 * (time.monotonic() - first):.0f} ms", "1 s"))
        _, page = asyncio.run(Client(served.port).ask("/"))
        style = re.search(rb'href="(/assets/[^"]+\.css)"', page)[1].decode()
        paths = ["/", "/assemblies", "/assemblies/congress", "/motions", "/motions/10", "/theses", "/elections/100",
                 "/votes/1", "/record", "/posts"]
        p50, p99, size = asyncio.run(load(served.port, [style]))
        rows.append((f"{RATE} requests a second, a bare file of {size / 1000:.0f} kB", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", ""))
        p50, p99, size = asyncio.run(load(served.port, paths))
        rows.append((f"{RATE} requests a second, ten pages of {size / 1000:.0f} kB on average",
                     f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", "p99 50 ms"))
        rows.append(("  peak memory", f"{served.peak_mebibytes():.0f} MiB", ""))
        served.end()
        record, motion = hall(scratch)
        in_session = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 9 * 86400))
        served = Served(record, "--trial-time", in_session)
        seen, voted, shown = asyncio.run(vote(served.port, motion))
        what = f"{DELEGATES:,} delegates, {MOTIONS} motions, {MOTIONS * AMENDMENTS:,} amendments"
        rows.append((f"{what}: all see the vote open", f"{seen:.2f} s", "1 s"))
        rows.append(("  all votes acknowledged", f"{voted:.2f} s", "5 s"))
        rows.append(("  result on the screen after closing", f"{shown:.2f} s", "1 s"))
        rows.append(("  peak memory", f"{served.peak_mebibytes():.0f} MiB", ""))
        served.end()
        served = Served(record, "--trial-time", in_session)
        listeners = 500 if QUICK else 5000
        learnt, p99 = asyncio.run(listen(served.port, listeners))
        rows.append((f"{listeners:,} pages open: all learn of an entry", f"{learnt:.2f} s", ""))
        rows.append(("  a page asked for meanwhile", f"p99 {p99:.1f} ms", "p99 50 ms"))
        rows.append(("  peak memory", f"{served.peak_mebibytes():.0f} MiB", ""))
        served.end()
    width = max(len(row[0]) for row in rows)
    print(f"{'what':<{width}}  {'here':>26}  {'limit':>9}")
    for what, here, limit in rows:
        print(f"{what:<{width}}  {here:>26}  {limit:>9}")


main()

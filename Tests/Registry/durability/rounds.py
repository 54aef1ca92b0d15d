"""One round: load, a kill at a random moment, a start, and every check."""

import random
import shutil
import signal
import threading
import time

from mesh import eventually

from . import disk
from .catalogue import Catalogue
from .followers import CatalogueFollower, KeysFollower
from .keys import Keys
from .ledger import Broken


class Trial:
    """A registry, its load and its watchers, over many rounds.

    - harm: what is done to the disk between a kill and the next start: "none", or one of disk.HARMS.
    """

    def __init__(self, server, stubs, seed, harm="none", longest=0.6):
        self.server, self.seed, self.harm, self.longest = server, seed, harm, longest
        self.generator = random.Random(seed)
        self.catalogue, self.keys = Catalogue(stubs), Keys()
        self.revision = 0
        self.number = 0
        self.before = {}
        self.damaged = 0
        server.start()
        if not self.keys.is_served(server.http_port):
            self.keys.writers = 0
        self.watch()

    def watch(self):
        self.follower = CatalogueFollower(self.catalogue, self.server.rpc_port)
        self.keys_follower = KeysFollower(self.keys, self.server.http_port)

    def round(self):
        self.number += 1
        self.before = self.catalogue.state()
        stop = threading.Event()
        seed = f"{self.seed}/{self.number}"
        writers = [
            *(threading.Thread(target=self.catalogue.write, args=(each, self.server.rpc_port, stop, seed))
              for each in range(self.catalogue.writers)),
            *(threading.Thread(target=self.keys.write, args=(each, self.server.http_port, stop, seed))
              for each in range(self.keys.writers))]
        for writer in writers:
            writer.start()
        # The moment of the kill is what a round tries.
        time.sleep(self.generator.uniform(0.02, self.longest))
        self.kill()
        stop.set()
        for writer in writers:
            writer.join()
        lossy = disk.HARMS[self.harm](self.server.folder / "data", self.generator)
        if lossy:
            self.start_after_loss()
        else:
            self.server.start()
            self.check()

    def kill(self):
        self.server.process.popen.send_signal(signal.SIGKILL)
        self.server.process.popen.wait()
        self.server.process.stop()

    def check(self):
        changes = self.catalogue.ledger.changes
        before = max(self.revision, self.follower.revision)
        self.revision = self.catalogue.check(self.server.rpc_port, before)
        self.keys.check(self.server.http_port)
        self.check_followers(changes)

    def check_followers(self, changes):
        """Watchers go on where they were: everything acknowledged was told once, and they end where the state is."""
        self.mark()
        self.follower.raise_problems()
        if self.follower.snapshots > 1:
            raise Broken("watch: it had to start over")
        for revision, id, _ in changes:
            if revision > self.follower.began and (revision, id) not in self.follower.seen:
                raise Broken(f"watch: ({revision}, {id}) was acknowledged and never told")
        self.keys_follower.raise_problems()

    def mark(self):
        """Waits until the watchers have told the last change that was made."""
        channel, client = self.catalogue.client(self.server.rpc_port)
        with channel:
            self.catalogue.write_one(client, "mark", self.generator.randrange(1, 1_000_000_000))
            _, state = self.catalogue.read(client)
        if not self.catalogue.ledger.changes:
            raise Broken(f"a write was not taken: {self.catalogue.last_error}")
        last = self.catalogue.ledger.changes[-1][0]
        eventually(
            lambda: self.follower.problems or self.follower.revision >= last, 60,
            f"the watch to come to {last}; it is at {self.follower.revision}")
        self.follower.raise_problems()
        if self.follower.state != state:
            raise Broken(f"watch: it shows {self.follower.state}, the catalogue holds {state}")
        _, keys = self.keys.read(self.server.http_port)
        eventually(
            lambda: self.keys_follower.problems or self.keys_follower.state == keys, 60,
            "the blocking queries to show all keys")

    def start_after_loss(self):
        """After a loss that nobody can prevent: what is there must be the state as it once was, under no revision that
        had meant something else, and watchers that had been told more must start over.

        When pages of the lost end had gone into the database already, no such state can be had; a registry must
        then say what is damaged and what to do.
        """
        try:
            self.server.start()
        except AssertionError as error:
            if "is damaged; restore it" not in str(error):
                raise Broken(f"it did not start, and did not say why: {error}") from error
            self.start_empty()
        self.catalogue.check_prefix(self.server.rpc_port, self.before)
        self.keys.check_whole(self.server.http_port)
        self.mark()
        self.revision = self.follower.revision

    def start_empty(self):
        self.damaged += 1
        shutil.rmtree(self.server.folder / "data")
        self.server.process.log.unlink()
        self.server.start()
        self.forget()

    def forget(self):
        """What comes now is another registry."""
        self.keys_follower.end()
        self.follower.end()
        self.before = {}
        self.revision = 0
        self.catalogue.ledger.forget()
        self.keys.ledger.forget()
        self.keys.highest_index = 0
        self.watch()

    def end(self):
        self.follower.end()
        self.keys_follower.end()
        self.server.process.stop()

    def summary(self):
        return {
            "rounds": self.number, "damaged": self.damaged, "revision": self.follower.revision, "catalogue": self.catalogue.ledger.counts,
            "kv": self.keys.ledger.counts, "watch": {"changes": len(self.follower.seen), "breaks": self.follower.breaks},
            "kv watch": {"answers": self.keys_follower.answers, "breaks": self.keys_follower.breaks}}

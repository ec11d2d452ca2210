"""When to ask a process tree to end, when to ask again, and when to insist.

SIGINT first, never SIGTERM: uWSGI takes SIGTERM for "reload", and uvicorn never exits on it while a
request is open. The second SIGINT is uvicorn's "force quit". Sent twice within 50 ms the first would
lose the application's clean-up, hence the seconds between (facts measured; docs/guard.md, "Stopping").
"""

_STRAGGLERS = 0.3  # seconds for the rest of the tree to follow its first process


class Ladder:
    """The steps that are still to come. `graces` are the seconds after the first and the second request."""

    def __init__(self, now, graces):
        self._asks = []
        for grace in graces:
            self._asks.append(now)
            now += grace
        self.kill_at = now

    def kill_by(self, deadline):
        """Nobody waits longer than this."""
        self.kill_at = min(self.kill_at, deadline)
        self._asks = [ask for ask in self._asks if ask < self.kill_at]

    def leader_gone(self, now):
        """There is nobody left to ask; its group's number may soon be somebody else's."""
        self._asks = []
        self.kill_by(now + _STRAGGLERS)

    def step(self, now):
        """What is due: 'ask', 'kill' or None. 'kill' is due again and again."""
        if now >= self.kill_at:
            return "kill"
        if self._asks and now >= self._asks[0]:
            self._asks.pop(0)
            return "ask"
        return None

"""The server's first process: with the socket that is bound for it, sealed if that was ordered, and once more after a
reload."""

import system


class FirstProcess:
    def __init__(self, host, order):
        self.order, self.pid = order, None
        self._host = host
        self._socket = self._seal = None
        self._restarts = 0

    def bind(self):
        """Raises OSError if the address is taken, or can't be had."""
        if self.order.get("listener", "own") in ("own", "found"):
            return
        from handover import Handover

        order = self.order
        self._socket = Handover(order["address"], order["port"], order["listener"], order.get("subnet"))

    def start(self):
        """Raises OSError with what is in the way."""
        self._seal = self._rules()
        if self._seal:
            self._seal.prepare()
        handed_over = self._socket and self._socket.descriptor
        self.pid = self._host.start(self.order, handed_over, self._seal)
        if handed_over and self.order.get("restart") is None:
            self.let_go()  # the server has its own

    def _rules(self):
        """What the process is kept to from its first instruction on, or None."""
        order = self.order
        if order.get("seal"):
            return system.new_seal()
        listener = order.get("listener", "own")
        opens_its_own = order.get("subnet") and listener != "handed-over"
        # "own": it may be any program, Python or not
        if opens_its_own and (listener == "own" or "DEVLAUNCH_SUBNET" not in order["env"]):  # the hook would do as well
            return system.new_gate(order["subnet"], order["address"], order["port"])
        return None

    @property
    def is_unsealable(self):
        """Was it the seal that failed?"""
        return bool(self._seal and self._seal.failed)

    @property
    def filtered(self):
        """The id of the socket that had its filter before anybody had it."""
        return self._socket and self._socket.filtered

    def let_go(self):
        """The server has ended or is about to: whoever waits in the queue is told so, and the port is free."""
        if self._socket:
            self._socket.close()

    def restart(self, status, ready):
        """Some reloaders end the server with a status of their own, and leave it to a parent to start it again.
        Before the server has answered, a second time is no reload: the app itself ends with this status."""
        if status != self.order.get("restart") or (self._restarts and not ready):
            return False
        self._restarts += 1
        try:
            self.start()
        except OSError:  # the interpreter has gone meanwhile: the server has ended
            return False
        return True

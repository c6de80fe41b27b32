"""python -m unittest: what the plugin answers, without a server."""
import os
import tempfile
import unittest

# The server reads its token when it is loaded.
with tempfile.NamedTemporaryFile("w", delete=False) as file:
    file.write("token")
os.environ["OUTRIGGER_TOKEN_PATH"] = file.name

from server import execute  # noqa: E402


class Execute(unittest.TestCase):
    def test_counts_words(self):
        node = execute({"plugin": {"word-count": {"text": "one two three"}}})["node"]
        self.assertEqual(node["phase"], "Succeeded")
        self.assertEqual(node["outputs"]["parameters"], [{"name": "words", "value": 3}])

    def test_counts_nothing(self):
        self.assertEqual(execute({"plugin": {"word-count": {}}})["node"]["message"], "0 words")

    def test_declines_the_tasks_of_others(self):
        self.assertEqual(execute({"plugin": {"another": {}}}), {})


if __name__ == "__main__":
    unittest.main()

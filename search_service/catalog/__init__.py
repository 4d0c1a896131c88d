"""Materials and what describes them: details, versions, pages, blocks, personas, segments."""

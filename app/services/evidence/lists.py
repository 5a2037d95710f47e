"""Lists of words that items look for: what a template says when it says nothing else."""

DISHES = "冷荤、凉菜、生食、生鱼、裱花、四季豆、鲜黄花菜、野蘑菇、野生菌、发芽土豆"  # rule 45
RIDES = "班车、包车、面包车、出租车、网约车、摩托车、三轮车"


def parts(text: str) -> list[str]:
    """The words of a list."""
    return [word for word in text.split("、") if word]

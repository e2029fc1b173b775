"""Answers to *Install* as readers write them, right and wrong."""

import platform
import re
import sys

import torch


def right_report__version_info():
    python = ".".join(str(part) for part in sys.version_info[:3])
    threads = f"{torch.get_num_threads()}"
    return dict(torch=str(torch.__version__), python=python, threads=threads)


def right_report__split():
    return {
        "python": sys.version.split()[0],
        "torch": torch.version.__version__,
        "threads": repr(torch.get_num_threads()),
    }


def right_report__tuple():
    return {
        "threads": str(torch.get_num_threads()),
        "python": ".".join(platform.python_version_tuple()),
        "torch": torch.__version__,
    }


def wrong_report__threads_as_a_number():
    """expected a str, got an int"""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def wrong_report__whole_version():
    """platform.python_version()"""
    return {
        "python": sys.version,
        "torch": torch.__version__,
        "threads": str(torch.get_num_threads()),
    }


def wrong_report__without_threads():
    """the key 'threads' is missing"""
    return {"python": platform.python_version(), "torch": torch.__version__}


def wrong_report__a_list():
    """expected a dict, got a list"""
    return [platform.python_version(), torch.__version__, str(torch.get_num_threads())]


def wrong_report__printed():
    """`return` gives it"""
    print(platform.python_version(), torch.__version__, torch.get_num_threads())


def right_wheel_kind__split(version):
    parts = version.split("+")
    if len(parts) == 1:
        return "unlabeled"
    return "cpu" if parts[1] == "cpu" else "cuda"


def right_wheel_kind__in(version):
    if "+cpu" in version:
        return "cpu"
    elif "+cu" in version:
        return "cuda"
    return "unlabeled"


def right_wheel_kind__regular_expression(version):
    found = re.search(r"\+(cpu|cu\d+)$", version)
    return {"cpu": "cpu", "cu": "cuda", "": "unlabeled"}[
        found[1].rstrip("0123456789") if found else ""
    ]


def wrong_wheel_kind__the_label(version):
    """expected 'cuda', got 'cu130'"""
    return version.partition("+")[2] or "unlabeled"


def wrong_wheel_kind__any_c(version):
    """look only at what follows the plus sign"""
    return "cpu" if version.endswith("cpu") else "cuda" if "c" in version else "unlabeled"


def wrong_wheel_kind__one_cuda(version):
    return {"cpu": "cpu", "cu130": "cuda"}.get(version.partition("+")[2], "unlabeled")


def wrong_wheel_kind__capitals(version):
    return "CPU" if "cpu" in version else "CUDA" if "+cu" in version else "unlabeled"


def wrong_wheel_kind__none_at_the_end(version):
    """is a `return` missing?"""
    if "+cpu" in version:
        return "cpu"
    if "+cu" in version:
        return "cuda"


def wrong_wheel_kind__needs_a_plus(version):
    """IndexError at"""
    return "cpu" if version.split("+")[1] == "cpu" else "cuda"


def right_on_best_device__moved(values):
    x = torch.tensor(values, dtype=torch.float32)
    return x.to(torch.accelerator.current_accelerator()) if torch.accelerator.is_available() else x


def right_on_best_device__if_by_if(values):
    device = "cpu"
    if torch.cuda.is_available():
        device = "cuda"
    elif torch.backends.mps.is_available():
        device = "mps"
    return torch.tensor(values).float().to(device)


def right_on_best_device__floats_first(values):
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else "cpu"
    return torch.tensor([float(v) for v in values], device=device)


def wrong_on_best_device__whole_numbers(values):
    """whole numbers: torch.tensor takes their dtype"""
    device = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else "cpu"
    return torch.tensor(values, device=device)


def wrong_on_best_device__double(values):
    """expected dtype torch.float32, got dtype torch.float64"""
    return torch.tensor(values, dtype=torch.float64)


def wrong_on_best_device__always_cuda(values):
    if not torch.cuda.is_available():
        raise RuntimeError("Torch not compiled with CUDA enabled")  # as it says here
    return torch.tensor(values, device="cuda")


def wrong_on_best_device__the_device(values):
    """expected a tensor, got"""
    return torch.accelerator.current_accelerator() or "cpu"


def wrong_on_best_device__a_list(values):
    """expected a tensor, got a list"""
    return [float(value) for value in values]


def right_shadowed__comprehension(folder, names):
    return [
        name
        for name in names
        if (folder / (name + ".py")).exists() or (folder / name / "__init__.py").exists()
    ]


def right_shadowed__through_a_set(folder, names):
    hiding = {path.stem for path in folder.glob("*.py")}
    hiding |= {path.parent.name for path in folder.glob("*/__init__.py")}
    return [name for name in names if name in hiding]


def right_shadowed__os_path(folder, names):
    import os

    result = []
    for name in names:
        if os.path.isfile(os.path.join(folder, name + ".py")):
            result += [name]
        elif os.path.isfile(os.path.join(folder, name, "__init__.py")):
            result += [name]
    return result


def wrong_shadowed__files_alone(folder, names):
    """numpy/ has an __init__.py"""
    return [name for name in names if (folder / f"{name}.py").exists()]


def wrong_shadowed__any_folder(folder, names):
    """random/ is an empty folder"""
    return [n for n in names if (folder / n).exists() or (folder / f"{n}.py").exists()]


def wrong_shadowed__any_suffix(folder, names):
    """torch.py and math.txt"""
    stems = {path.stem for path in folder.iterdir()}
    return [name for name in names if name in stems]


def wrong_shadowed__sorted(folder, names):
    """in the order of the names"""
    return sorted(right_shadowed__comprehension(folder, names))


def wrong_shadowed__a_set(folder, names):
    """expected a list, got a set"""
    return set(right_shadowed__comprehension(folder, names))


def wrong_shadowed__file_names(folder, names):
    return [f"{name}.py" for name in right_shadowed__comprehension(folder, names)]

"""What the plugin's options mean, in Chinese: in English it is their docstrings, in plugins/stackreel/hosts/."""

OPTIONS = {
    "traces": "示例所在的文件夹，相对于 `mkdocs.yml`，下同",
    "cache": "轨迹和画好的图存放的地方，随时可以删除",
    "syntax": "图块和页面都没有写时用的汇编写法：`att`、`intel` 或 `go`",
    "language": "图中文字的语言，`en` 或 `zh`；不写就随主题",
    "jobs": "同时运行几个模拟器；0 表示每个 CPU 核一个",
    "sysroot": "动态链接的程序从哪里读取解释器和共享库；只读",
    "limits": "每次运行的上限",
    "limits.instructions": "执行的指令条数",
    "limits.seconds": "时间，秒",
    "limits.memory": "程序的内存，字节",
    "limits.output": "程序的输出，字节",
    "on_error": "`warn`：写错的图块在页面上说明，构建只警告，`--strict` 下才失败；"
    "`fail`：全部说完之后，构建总是失败，`mkdocs serve` 照常继续",
    "pdf": "`true`：`mkdocs build` 把网站也印成 PDF，每种语言一本；也可以改写下面的各个选项，见 [PDF](#pdf)",
    "pdf.enabled": "是否写 PDF；`mkdocs serve` 从来不写",
    "pdf.file": "在网站里的文件名；第一种语言以外的，语言写在扩展名前面：`site.en.pdf`",
    "pdf.title": "封面上的书名，几种语言可以各写一个：`{zh: …, en: …}`；不写就是 `site_name`",
    "pdf.subtitle": "书名下面的一行，同样可以按语言写；不写就是 `site_description`",
    "pdf.version": "封面上的版本",
    "pdf.styles": "自己的样式表，排在内置的后面",
}

HEAD = ("键", "默认", "含义")
